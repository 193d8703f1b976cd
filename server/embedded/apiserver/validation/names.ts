/** The forms that names take in Kubernetes, and the sentences that say so (k8s.io/apimachinery/pkg/util/validation). */

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`);

const label = whole(LABEL);
const subdomain = whole(SUBDOMAIN);
const label1035 = whole(LABEL_1035);
const qualified = whole(QUALIFIED);
const environment = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

const tooLong = (max: number) => `must be no more than ${max} bytes`;

/** Why the text is not of the form; empty where it is. */
export type Form = (text: string) => string[];

export const dnsLabel: Form = (text) => [
  ...(text.length > 63 ? [tooLong(63)] : []),
  ...(label.test(text)
    ? []
    : [
        `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`,
      ]),
];

export const dnsSubdomain: Form = (text) => [
  ...(text.length > 253 ? [tooLong(253)] : []),
  ...(subdomain.test(text)
    ? []
    : [
        `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`,
      ]),
];

export const dnsLabel1035: Form = (text) => [
  ...(text.length > 63 ? [tooLong(63)] : []),
  ...(label1035.test(text)
    ? []
    : [
        `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${LABEL_1035}')`,
      ]),
];

/** Names that may stand in a URL's path: roles and bindings. */
export const pathSegment: Form = (text) => {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  return ['/', '%'].filter((bad) => text.includes(bad)).map((bad) => `may not contain '${bad}'`);
};

const namePart =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

/** Keys of labels, annotations and node selectors: `name` or `prefix.example.com/name`. */
export const qualifiedName: Form = (text) => {
  const parts = text.split('/');
  if (parts.length > 2) {
    return [
      "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
    ];
  }
  const name = parts.at(-1)!;
  const causes: string[] = [];
  if (parts.length === 2) {
    if (parts[0] === '') causes.push('prefix part must be non-empty');
    else causes.push(...dnsSubdomain(parts[0]!).map((why) => `prefix part ${why}`));
  }
  if (name === '') causes.push('name part must be non-empty');
  else if (name.length > 63) causes.push('name part must be no more than 63 bytes');
  if (!qualified.test(name)) causes.push(namePart);
  return causes;
};

export const labelValue: Form = (text) => [
  ...(text.length > 63 ? [tooLong(63)] : []),
  ...(text === '' || qualified.test(text)
    ? []
    : [
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
      ]),
];

/** Keys of ConfigMaps and Secrets. */
export const configKey: Form = (text) => [
  ...(text.length > 253 ? [tooLong(253)] : []),
  ...(/^[-._a-zA-Z0-9]+$/.test(text)
    ? []
    : [
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
      ]),
];

/** Names of environment variables: since Kubernetes 1.34 any printable character but `=`. */
export const environmentName: Form = (text) =>
  environment.test(text) || /^[\x20-\x3c\x3e-\x7e]+$/.test(text)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];

/** Port names: `http`, `grpc-web`. */
export const portName: Form = (text) => {
  if (text.length > 15) return ['must be no more than 15 characters'];
  if (!/^[-a-z0-9]+$/.test(text)) {
    return ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)'];
  }
  if (!/[a-z]/.test(text)) return ['must contain at least one letter (a-z)'];
  if (text.includes('--')) return ['must not contain consecutive hyphens'];
  return text.startsWith('-') || text.endsWith('-') ? ['must not begin or end with a hyphen'] : [];
};
