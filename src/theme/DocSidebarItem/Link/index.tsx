/** A page in the sidebar: the theme's link, with how much of the page is done. */
import isInternalUrl from '@docusaurus/isInternalUrl';
import Link from '@docusaurus/Link';
import { isActiveSidebarItem } from '@docusaurus/plugin-content-docs/client';
import { ThemeClassNames } from '@docusaurus/theme-common';
import type { Props } from '@theme/DocSidebarItem/Link';
import IconExternalLink from '@theme/Icon/ExternalLink';
import clsx from 'clsx';
import type { ReactNode } from 'react';
import { PageState } from '../../../components/Progress/PageState';

export default function DocSidebarItemLink(props: Props): ReactNode {
  const { item, onItemClick, activePath, level, index: _index, ...rest } = props;
  const { href, label, className, autoAddBaseUrl } = item;
  const isActive = isActiveSidebarItem(item, activePath);
  const isInternal = isInternalUrl(href);
  const { docSidebarItemLink, docSidebarItemLinkLevel } = ThemeClassNames.docs;
  return (
    <li className={clsx(docSidebarItemLink, docSidebarItemLinkLevel(level), 'menu__list-item', className)}>
      <Link
        className={clsx('menu__link', isActive && 'menu__link--active')}
        autoAddBaseUrl={autoAddBaseUrl}
        aria-current={isActive ? 'page' : undefined}
        to={href}
        onClick={isInternal && onItemClick ? () => onItemClick(item) : undefined}
        {...rest}
      >
        <span>{label}</span>
        {isInternal ? <PageState href={href} /> : <IconExternalLink />}
      </Link>
    </li>
  );
}
