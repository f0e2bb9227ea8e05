/** The secret from which pseudonyms and cursor keys are made; `epoch` lets it be rotated without confusing old ids. */
export interface ProvinceKey {
  readonly epoch: string;
  readonly key: Buffer;
}

const LINE = /^(k[1-9]\d{0,3})\.([A-Za-z0-9_-]{43})$/;

/** Reads the one line of a province key file: `k1.<base64url of 32 bytes>`. The key never appears in the error. */
export const parseProvinceKey = (text: string): ProvinceKey => {
  const [, epoch, encoded] = LINE.exec(text.trim()) ?? [];
  const key = Buffer.from(encoded ?? '', 'base64url');
  if (epoch === undefined || key.length !== 32) {
    throw new Error('the province key must be one line: k1.<base64url of 32 bytes>');
  }
  return { epoch, key };
};
