import type { DocumentNode } from 'graphql';
import { parseSdl } from '../rules/read.ts';
import { type Refusal, refusal, refuseIfAny } from './refusal.ts';
import { inputsOf } from './transitive.ts';

/**
 * Fields that take an argument by `@fromContext`. No engine of the gateway sends one yet: the department would resolve the
 * field without it and answer something else than it was asked, and nobody would be told.
 */
export const contextNotServed = (supergraph: DocumentNode): readonly Refusal[] => {
  const fields = inputsOf(supergraph).filter(({ directive }) => directive === '@fromContext');
  const coordinates = new Set(fields.map(({ typeName, fieldName }) => `${typeName}.${fieldName}`));
  return [...coordinates].map((coordinate) =>
    refusal(
      'CONTEXT_NOT_SERVED',
      `${coordinate} nhận đối số bằng @fromContext mà cổng chưa gửi được; hãy dùng @requires, hoặc để ngành tự đọc giá trị ấy`,
      `${coordinate} takes an argument by @fromContext, which the gateway does not send yet; use @requires, or let the department read the value itself`,
      { coordinate },
    ),
  );
};

/** @throws AdmissionError where a supergraph has such fields */
export const refuseContext = (supergraphSdl: string): void => refuseIfAny(contextNotServed(parseSdl(supergraphSdl)));
