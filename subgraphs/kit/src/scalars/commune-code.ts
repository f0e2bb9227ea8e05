import { parseCommuneCode } from '../communes.ts';
import { stringScalar } from './scalar.ts';

export const CommuneCode = stringScalar('CommuneCode', (value) => parseCommuneCode(value), {
  vi: 'Mã đơn vị hành chính cấp xã phải là chuỗi 5 chữ số trong dấu ngoặc kép, ví dụ "21289".',
  en: 'A commune code must be a string of 5 digits in quotes, for example "21289".',
});
