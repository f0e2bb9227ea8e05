import type { GatewayConfig } from '../config/index.ts';
import { PublicError } from '../errors.ts';
import type { Endpoint } from '../pipeline/index.ts';
import type { OperateParts } from '../pipeline/operate.ts';
import type { Protocol } from '../pipeline/protocol.ts';
import { explainOperation } from './explanation.ts';

/**
 * Whether this gateway explains operations to whoever may ask it. An explanation tells what opens a field, so the one switch
 * for that decides, in every environment: a development gateway with disclosure off behaves like the production that it
 * stands for. Where denied fields are hidden, an explanation would name them.
 */
export const explains = ({ authorization }: GatewayConfig): boolean =>
  authorization.discloseRequirements && !authorization.hideDenied;

/**
 * `/explain`: a request like those to `/graphql` (token, limits, CSRF, persisted queries, grammar, errors), whose `data` is
 * the explanation. POST alone, because a query in an address ends in the logs of proxies.
 */
export const explainEndpoint = (protocol: Protocol, parts: Pick<OperateParts, 'config' | 'log'>): Endpoint => ({
  methods: ['POST'],
  logged: 'explanation',
  answer: (request, body, context) =>
    protocol.answer(request, body, context, async (operated) => {
      // A plan names keys and inputs of computed fields, which a caller from whom names are hidden may not learn.
      if (operated.view) throw new PublicError('INTROSPECTION_FORBIDDEN');
      return { data: await explainOperation(operated, parts) };
    }),
});
