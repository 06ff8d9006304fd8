import type { Pairs } from "../words";

export const account = {
  sign_in: ["登录", "Sign in"],
  sign_out: ["退出", "Sign out"],
  name: ["用户名", "User name"],
  password: ["密码", "Password"],
  first_time: [
    "首次登录请使用管理员给您的一次性链接。",
    "For the first time use the one-time link that your administrator gave you.",
  ],
  expired: [
    "登录已过期。请重新登录，您输入的内容都还在。",
    "Your session has ended. Sign in again: nothing that you entered is lost.",
  ],
} as const satisfies Pairs;
