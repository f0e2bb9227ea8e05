/** A handle of a PKCS #11 library: a slot, a session or an object. */
export type Handle = Buffer;

/** The part of `pkcs11js` that is used here. It is loaded where a token is configured, and nowhere else. */
export interface TokenDriver {
  load(path: string): void;
  C_Initialize(): void;
  C_Finalize(): void;
  C_GetSlotList(tokenPresent: true): Handle[];
  C_GetTokenInfo(slot: Handle): { readonly label: string };
  C_OpenSession(slot: Handle, flags: number): Handle;
  C_CloseSession(session: Handle): void;
  C_Login(session: Handle, userType: number, pin: string): void;
  C_FindObjectsInit(session: Handle, template: readonly { type: number; value: number | string }[]): void;
  C_FindObjects(session: Handle, most: number): Handle[];
  C_FindObjectsFinal(session: Handle): void;
  C_SignInit(session: Handle, mechanism: { readonly mechanism: number }, key: Handle): void;
  C_SignAsync(session: Handle, data: Buffer, signature: Buffer): Promise<Buffer>;
}

/** Constants of PKCS #11. */
export const CKF_SERIAL_SESSION = 4;
export const CKU_USER = 1;
export const CKA_CLASS = 0;
export const CKA_LABEL = 3;
export const CKO_PRIVATE_KEY = 3;
export const CKM_ECDSA = 0x1041;

/** Not among the dependencies: it is compiled when it is installed, and few need it. */
const PACKAGE = 'pkcs11js';

/**
 * Loads the library of a token's maker.
 *
 * @throws Error where the package is not installed, or the library cannot be loaded
 */
export const loadDriver = async (library: string): Promise<TokenDriver> => {
  let module: { readonly default: { readonly PKCS11: new () => TokenDriver } };
  try {
    module = await import(PACKAGE);
  } catch {
    throw new Error(`signing.token needs the package ${PACKAGE}: npm install --no-save ${PACKAGE}@2`);
  }
  const driver = new module.default.PKCS11();
  driver.load(library);
  try {
    driver.C_Initialize();
  } catch (error) {
    if (!says(error, 'CKR_CRYPTOKI_ALREADY_INITIALIZED')) throw error;
  }
  return driver;
};

/** Makes a library forget everything: its sessions are gone afterwards. */
export const beginAgain = (driver: TokenDriver): void => {
  try {
    driver.C_Finalize();
  } catch (error) {
    // It could not begin the last time either.
    if (!says(error, 'CKR_CRYPTOKI_NOT_INITIALIZED')) throw error;
  }
  driver.C_Initialize();
};

/** Whether a library failed for this reason. */
export const says = (error: unknown, reason: string): boolean =>
  typeof error === 'object' && error !== null && 'message' in error && String(error.message).includes(reason);
