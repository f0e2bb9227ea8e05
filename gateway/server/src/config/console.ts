import { optionalSection, required, section, withDefault } from './declaration/declare.ts';
import { existingFile, webAddress, yesOrNo } from './declaration/types.ts';

export const consolePages = section(
  { vi: 'Trang thử truy vấn tại /.', en: 'The query console at /.' },
  {
    enabled: withDefault(
      yesOrNo,
      { production: 'false', development: 'true' },
      { vi: 'Bật hoặc tắt.', en: 'On or off.' },
    ),
    demo: optionalSection(
      {
        vi: 'Cho phép trang xin token thử của các ứng dụng mẫu (bị từ chối ở production).',
        en: 'Lets the page fetch tokens of the demo clients (refused in production).',
      },
      {
        issuer: required(webAddress, { vi: 'Nơi cấp token.', en: 'The token issuer.' }),
        registry: required(existingFile, {
          vi: 'Sổ đăng ký các ứng dụng mẫu.',
          en: 'The registry of the demo clients.',
        }),
      },
      { unsafe: true },
    ),
  },
);
