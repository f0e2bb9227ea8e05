/** The form of `Citizen.id`: the key's epoch and a hash of 32 bytes in base64url. */
const CITIZEN_ID = /^[a-z0-9]{1,8}\.[A-Za-z0-9_-]{43}$/;

/** Whether the text can be a citizen's id. Anything else is nobody's and never reaches the database. */
export const isCitizenId = (id: string): boolean => CITIZEN_ID.test(id);
