/** The name that this page gives itself at the lab, from its loading to its end. */
export const CLIENT = crypto.getRandomValues(new Uint32Array(4)).join('-');
