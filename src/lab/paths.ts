/** The one address that a page asks without a lab: kept apart from the protocol, whose schemas such a page need not load. */
export const LAB_PATH: typeof import('../../server/protocol').LAB_PATH = '/api/lab';
