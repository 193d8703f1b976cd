/** The table of contents: the theme's list of headings, each with the state of what is to be done under it. */
import Link from '@docusaurus/Link';
import type { Props } from '@theme/TOCItems/Tree';
import { type ReactNode, useMemo } from 'react';
import { PartState } from '../../../components/Progress/PartState';

export default function TOCItemTree({ toc, className, linkClassName, isChild }: Props): ReactNode {
  if (toc.length === 0) return null;
  return (
    <ul className={isChild === true ? undefined : className}>
      {toc.map((heading) => (
        <li key={heading.id}>
          <div className="malha-toc-heading">
            <Heading id={heading.id} html={heading.value} className={linkClassName ?? undefined} />
            <PartState heading={heading.id} />
          </div>
          <TOCItemTree isChild toc={heading.children} className={className} linkClassName={linkClassName} />
        </li>
      ))}
    </ul>
  );
}

/** `html`: the heading's own, from the page's Markdown; the theme marks the link of the part that is read by its class. */
function Heading({ id, html, className }: { id: string; html: string; className: string | undefined }): ReactNode {
  const inner = useMemo(() => ({ __html: html }), [html]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: made by the site's build out of the page's heading.
  return <Link to={`#${id}`} className={className} dangerouslySetInnerHTML={inner} />;
}
