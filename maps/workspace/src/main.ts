import { createApp } from "vue";
import App from "./shell/App.vue";
import { followAddress } from "./state/address";
import { tell, tellError } from "./state/notices";
import { enter, followLinks, session, signInBy, takeLink } from "./state/session";
import "./style/base.css";
import { i18n, language, speak } from "./words";

const link = takeLink();
followLinks();
followAddress();
speak(language());
createApp(App).use(i18n).mount("#app");

async function begin(): Promise<void> {
  if (link === null) await enter();
  else {
    const why = await signInBy(link);
    if (why !== null && (await enter())) tell(why, "bad");
  }
}

begin().catch((error: unknown) => {
  session.state = "out";
  tellError(error);
});
