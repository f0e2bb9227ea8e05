import { readFileSync } from 'node:fs';
import { refusal, refuseIfAny } from './admission/refusal.ts';

/** Reads a text file that somebody named; a missing one becomes a refusal that says which. */
export function readText(path: string, named = path): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : String(error);
    refuseIfAny([
      refusal(
        'FILE_NOT_FOUND',
        `không đọc được tệp ${named} (${why}); kiểm tra đường dẫn, tính từ thư mục của tệp cấu hình`,
        `cannot read the file ${named} (${why}); check the path, which counts from the configuration's folder`,
      ),
    ]);
    throw error;
  }
}
