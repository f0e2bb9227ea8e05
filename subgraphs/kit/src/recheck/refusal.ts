import { GraphQLError } from 'graphql';

/**
 * The caller that the gateway vouches for may not read this field. The gateway never asks for such a field, so this says
 * that it has a defect (or an impostor); it is logged here, and masked there for its clients.
 */
export class FieldRefused extends GraphQLError {
  constructor(coordinate: string) {
    super('the caller may not read this field', { extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE', coordinate } });
  }
}
