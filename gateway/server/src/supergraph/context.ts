import { refuseContext, refuseUnservedContexts } from '@lienthong/schema/rules';

/**
 * Only the compiled engine sends what `@fromContext` asks for, and not where no plan has the right value: a supergraph of
 * which some field would be answered as if another question were asked is not served.
 *
 * @throws AdmissionError CONTEXT_NOT_SERVED
 */
export const checkContext = (sdl: string, engine: 'compiled' | 'apollo'): void => {
  if (engine === 'apollo') refuseContext(sdl);
  refuseUnservedContexts(sdl);
};
