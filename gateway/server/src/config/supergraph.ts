import { namesOf, oneKeyOf, required, section } from './declaration/declare.ts';
import { existingFile, oneOrMore, webAddress } from './declaration/types.ts';

export const supergraph = oneKeyOf(
  {
    vi: 'Lược đồ liên kết: một tệp đã ghép sẵn, hoặc các sở, ngành để ghép khi khởi động.',
    en: 'The supergraph: a composed file, or the departments to compose at start.',
  },
  {
    file: required(existingFile, {
      vi: 'Tệp SDL đã ghép; cổng theo dõi và nạp lại khi tệp đổi.',
      en: 'The composed SDL; watched, and loaded again when it changes.',
    }),
    departments: namesOf(
      { vi: 'Các sở, ngành, theo tên.', en: 'The departments, by name.' },
      section(
        { vi: 'Một sở, ngành.', en: 'One department.' },
        {
          url: required(webAddress, { vi: 'Địa chỉ GraphQL của sở, ngành.', en: "The department's GraphQL address." }),
          schema: required(oneOrMore(existingFile), {
            vi: 'Tệp lược đồ (SDL), có thể nhiều tệp nối nhau.',
            en: 'Its schema (SDL): one file, or several that belong together.',
          }),
        },
      ),
      true,
    ),
  },
);
