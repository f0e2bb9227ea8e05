import { type RefObject, useId } from 'react';
import { useLanguage } from '../app/language.tsx';
import { minuteOf, momentOf } from './days.ts';
import type { Data, Disclosure } from './disclosures.ts';
import { Evidence, type EvidenceProps } from './Evidence.tsx';
import { useText } from './useText.ts';

interface EntryProps extends EvidenceProps {
  /** Takes the focus when it is the first of a new page. */
  readonly heading: RefObject<HTMLElement | null> | undefined;
}

const VERBS = { ANSWER: 'saw', CHANGE: 'did', ATTEMPT: 'askedFor' } as const;

/** One disclosure: who, when, what for, what. The rest on demand. */
export function Entry({ heading, ...evidence }: EntryProps) {
  const text = useText();
  const { language } = useLanguage();
  const title = useId();
  const { disclosure } = evidence;
  const { time, kind, own, agency, purpose, legalBasis, data } = disclosure;
  return (
    <li>
      <article className="entry" data-own={own} aria-labelledby={title}>
        <h4 id={title} ref={heading as RefObject<HTMLHeadingElement | null> | undefined} tabIndex={-1}>
          <time dateTime={time}>{minuteOf(time)}</time> <span>{agency?.[language] ?? text('unknownAgency')}</span>
          {own && <span className="badge">{text('own')}</span>}
          {kind !== 'ANSWER' && (
            <span className="badge" data-kind={kind}>
              {text(kind === 'CHANGE' ? 'change' : 'attempt')}
            </span>
          )}
        </h4>
        <dl>
          <div>
            <dt>{text('purpose')}</dt>
            <dd>{purpose?.[language] ?? text('unknown')}</dd>
          </div>
          <div>
            <dt>{text(VERBS[kind])}</dt>
            <dd>{data.length === 0 ? text('nothingSeen') : <Kinds data={data} />}</dd>
          </div>
          <div>
            <dt>{text('basis')}</dt>
            <dd>{legalBasis?.[language] ?? text('unknown')}</dd>
          </div>
        </dl>
        {kind === 'ATTEMPT' && <p className="hint">{text('attemptHint')}</p>}
        <details>
          <summary>{text('details')}</summary>
          <Details disclosure={disclosure} />
          <Evidence {...evidence} />
        </details>
      </article>
    </li>
  );
}

/** Kinds of data by department: «Y tế: dị ứng (nhạy cảm), tiêm chủng». */
function Kinds({ data }: { readonly data: readonly Data[] }) {
  const text = useText();
  const { language } = useLanguage();
  return (
    <ul className="kinds">
      {data.map(({ department, items }) => (
        <li key={department.code}>
          <span className="department">{department[language]}:</span>{' '}
          {items.map((item, at) => (
            <span key={item.vi}>
              {at > 0 && ', '}
              {item[language]}
              {item.sensitive && <em> ({text('sensitive')})</em>}
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}

/** What only some want to know. */
function Details({ disclosure }: { readonly disclosure: Disclosure }) {
  const text = useText();
  const { language } = useLanguage();
  const { id, time, application, law, data, passed } = disclosure;
  const coordinates = data.flatMap(({ items }) => items.flatMap((item) => item.coordinates));
  return (
    <dl className="details">
      <div>
        <dt>{text('at')}</dt>
        <dd>{momentOf(time)}</dd>
      </div>
      {law !== null && (
        <div>
          <dt>{text('law')}</dt>
          <dd lang="vi">{law}</dd>
        </div>
      )}
      {application !== null && (
        <div>
          <dt>{text('application')}</dt>
          <dd>
            <code>{application}</code>
          </dd>
        </div>
      )}
      {passed.length > 0 && (
        <div>
          <dt>{text('passed')}</dt>
          <dd>
            <ul className="kinds">
              {passed.map(({ to, data: handed }) => (
                <li key={to.code}>
                  {to[language]} {text('passedTo')}: <Kinds data={handed} />
                </li>
              ))}
            </ul>
          </dd>
        </div>
      )}
      <div>
        <dt>{text('record')}</dt>
        <dd>
          <code>{id}</code>
        </dd>
      </div>
      <div>
        <dt>{text('fields')}</dt>
        <dd className="coordinates">
          {coordinates.map((coordinate) => (
            <code key={coordinate}>{coordinate} </code>
          ))}
        </dd>
      </div>
    </dl>
  );
}
