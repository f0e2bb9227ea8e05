/** RFC 6749, section 4.4. */
export const clientCredentials = 'client_credentials';
/** Our own grant, development only: a client logs a person in by personal number (parameter `personal_number`). */
export const developmentLogin = 'urn:lienthong:params:oauth:grant-type:development-login';
