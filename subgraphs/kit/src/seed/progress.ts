const BAR_CHARACTERS = 30;
const REDRAW_MS = 100;

/** Reports how far a long task is; `end` finishes the last line. */
export interface Progress {
  readonly report: (done: number, total: number, label: string) => void;
  readonly end: () => void;
}

interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const bar = (done: number, total: number, label: string): string => {
  const share = total > 0 ? Math.min(done / total, 1) : 1;
  const filled = Math.round(share * BAR_CHARACTERS);
  const percent = String(Math.floor(share * 100)).padStart(3);
  const cells = '█'.repeat(filled) + '░'.repeat(BAR_CHARACTERS - filled);
  return `${cells} ${percent} % ${done.toLocaleString('en')}/${total.toLocaleString('en')} ${label}`;
};

/** A bar that redraws itself on a terminal; elsewhere one plain line at every tenth, so that logs stay short. */
export const createProgress = (output: Output, now: () => number = Date.now): Progress => {
  let drawnAt = Number.NEGATIVE_INFINITY;
  let lastTenth = '';
  let open = false;
  return {
    report(done, total, label) {
      if (output.isTTY) {
        if (done < total && now() - drawnAt < REDRAW_MS) return;
        drawnAt = now();
        open = true;
        output.write(`\r\u001b[K${bar(done, total, label)}`);
        return;
      }
      const tenth = `${label} ${total > 0 ? Math.floor((done / total) * 10) : 10}`;
      if (tenth === lastTenth) return;
      lastTenth = tenth;
      output.write(`${label}: ${done}/${total}\n`);
    },
    end() {
      if (open) output.write('\n');
    },
  };
};
