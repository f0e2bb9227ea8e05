/**
 * The one door to oidc-provider. On Node 20 it prints a plain-text notice when it is imported; standard error is a
 * stream of JSON here, so the notice is caught and the log tells it (see `notices`).
 */
const print = { info: console.info, warn: console.warn };
const caught: string[] = [];
console.info = console.warn = (text: unknown) => {
  caught.push(String(text));
};
const { Provider, errors, interactionPolicy } = await import('oidc-provider').finally(() =>
  Object.assign(console, print),
);

/** What oidc-provider had to say about this runtime when it was imported. */
export const notices: readonly string[] = caught;
export { errors, interactionPolicy, Provider };
