import { createApp } from "vue";
import App from "./shell/App.vue";
import { followAddress } from "./state/address";
import { tellError } from "./state/notices";
import { enter, session, signIn, takeLink } from "./state/session";
import "./style/base.css";
import { i18n, language, speak } from "./words";

const link = takeLink();
followAddress();
speak(language());
createApp(App).use(i18n).mount("#app");

async function begin(): Promise<void> {
  if (link === null) {
    await enter();
    return;
  }
  try {
    await signIn({ link });
    session.byLink = true;
  } catch (error) {
    session.refused = error;
    if (!(await enter())) return;
    tellError(error);
  }
}

begin().catch((error) => {
  session.state = "out";
  tellError(error);
});
