/** The page for an address that is not there: says so, and leads back. */
import Link from '@docusaurus/Link';
import Translate from '@docusaurus/Translate';
import Heading from '@theme/Heading';
import type { Props } from '@theme/NotFound/Content';
import clsx from 'clsx';
import type { ReactNode } from 'react';

export default function NotFoundContent({ className }: Props): ReactNode {
  return (
    <main className={clsx('container margin-vert--xl', className)}>
      <Heading as="h1">
        <Translate id="notFound.title">There is no such page</Translate>
      </Heading>
      <p>
        <Translate id="notFound.text">
          The address may have a typing error, or the page has moved. The search in the bar above finds it by its words.
        </Translate>
      </p>
      <p>
        <Link to="/">
          <Translate id="notFound.home">To the home page</Translate>
        </Link>
      </p>
    </main>
  );
}
