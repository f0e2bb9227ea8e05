import { optional, optionalSection, withDefault } from './declaration/declare.ts';
import { existingFile, yesOrNo } from './declaration/types.ts';

export const persistedDocuments = optionalSection(
  {
    vi: 'Thao tác đăng ký trước, gọi bằng mã băm (docs/documents.md).',
    en: 'Operations registered beforehand and asked for by hash (docs/documents.md).',
  },
  {
    file: optional(existingFile, {
      vi: 'Tệp YAML hoặc JSON, được theo dõi; thêm vào những gì có trong sổ đăng ký đối tác.',
      en: 'A YAML or JSON file, watched; besides what the partner registry holds.',
    }),
    only: withDefault(yesOrNo, 'false', {
      vi: 'true: mọi người gọi, kể cả ẩn danh, chỉ chạy thao tác đã đăng ký. Riêng từng đối tác: persistedDocumentsOnly trong sổ đăng ký.',
      en: 'true: all callers, anonymous ones too, may run registered operations only. For one partner: persistedDocumentsOnly in the registry.',
    }),
  },
);
