/** RFC 6749, section 4.4. */
export const clientCredentials = 'client_credentials';
/** RFC 6749, section 4.1. */
export const authorizationCode = 'authorization_code';
/** RFC 8693. */
export const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
/** Our own grant, development only: a client logs a person in by personal number (parameter `personal_number`). */
export const developmentLogin = 'urn:lienthong:params:oauth:grant-type:development-login';
