import { section, withDefault } from './declaration/declare.ts';
import { text } from './declaration/types.ts';

export const introspection = section(
  { vi: 'Xem lược đồ.', en: 'Introspection of the schema.' },
  {
    scope: withDefault(text, 'schema:introspect', {
      vi: 'Phạm vi cần có ở production; người gọi chỉ thấy phần mình được xem.',
      en: 'The scope it takes in production; callers see only what they may see.',
    }),
  },
);
