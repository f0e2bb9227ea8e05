import { withDefault } from './declaration/declare.ts';
import { word } from './declaration/types.ts';

/** Silence means production: whoever forgets the key gets the strict rules. */
export const environment = withDefault(word('production', 'development'), 'production', {
  vi: 'Môi trường. production từ chối khởi động với các thiết lập không an toàn.',
  en: 'Where this runs. production refuses to start with unsafe settings.',
});
