import { reserved } from './declaration/declare.ts';

export const quotas = reserved({
  vi: 'Hạn mức. Bỏ trống: không giới hạn.',
  en: 'Quotas. Absent: nothing is limited.',
});
