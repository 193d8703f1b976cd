/** The site: two languages, docs beside the home page at `/`, diagrams, local search, and nothing from another host. */
import type { PluginOptions as DocsOptions } from '@docusaurus/plugin-content-docs';
import type * as Preset from '@docusaurus/preset-classic';
import type { Config, Plugin } from '@docusaurus/types';
import { diagramOptions } from './src/diagram';
import { lessonsPlugin } from './src/lesson/plugin';
import { remarkLesson } from './src/lesson/remark-lesson';
import { dark, light } from './src/prism';

/**
 * Docusaurus puts everything that two chunks share into one chunk, which every page loads: parts of Mermaid and of the
 * terminal would be in it. Without a name, shared parts become chunks of their own, loaded by who needs them.
 */
function smallChunks(): Plugin {
  return {
    name: 'small-chunks',
    configureWebpack: () => ({
      optimization: { splitChunks: { cacheGroups: { common: { name: false, minChunks: 2, priority: -40 } } } },
    }),
  };
}

/** A folder with one page becomes that page, under the page's own title: the folder's label has no translation. */
const singlePages: DocsOptions['sidebarItemsGenerator'] = async ({ defaultSidebarItemsGenerator, ...args }) => {
  const items = await defaultSidebarItemsGenerator(args);
  return items.map((item) =>
    item.type === 'category' && item.items.length === 0 && item.link?.type === 'doc'
      ? { type: 'doc', id: item.link.id }
      : item,
  );
};

const config: Config = {
  title: 'Malha',
  tagline: 'A service-mesh guide in which everything you read, you can run',
  // A placeholder: the site is served from the reader's own machine; only canonical links and the sitemap name it.
  url: 'https://malha.example',
  baseUrl: '/',
  // Every page is a folder with an index.html, so any static file server answers the same address: `/install/`.
  trailingSlash: true,
  favicon: 'img/favicon.svg',

  onBrokenLinks: 'throw',
  onBrokenAnchors: 'throw',
  onDuplicateRoutes: 'throw',
  markdown: {
    mermaid: true,
    hooks: { onBrokenMarkdownLinks: 'throw', onBrokenMarkdownImages: 'throw' },
  },

  future: {
    v4: true,
    faster: true,
    // Pages show no dates or authors, so a build needs no git history.
    experimental_vcs: 'disabled',
  },

  i18n: {
    defaultLocale: 'en',
    locales: ['en', 'pt-BR'],
    localeConfigs: {
      en: { label: 'English', htmlLang: 'en' },
      'pt-BR': { label: 'Português (Brasil)', htmlLang: 'pt-BR' },
    },
  },

  presets: [
    [
      'classic',
      {
        docs: {
          routeBasePath: '/',
          sidebarPath: './sidebars.ts',
          sidebarItemsGenerator: singlePages,
          remarkPlugins: [remarkLesson],
        },
        blog: false,
        theme: { customCss: './src/css/site.css' },
      } satisfies Preset.Options,
    ],
  ],

  plugins: [smallChunks, lessonsPlugin],

  themes: [
    '@docusaurus/theme-mermaid',
    [
      '@easyops-cn/docusaurus-search-local',
      {
        hashed: true,
        language: ['en', 'pt'],
        docsRouteBasePath: '/',
        indexBlog: false,
        indexPages: true,
        highlightSearchTermsOnTargetPage: true,
        explicitSearchResultPath: true,
      },
    ],
  ],

  themeConfig: {
    image: 'img/social-card.png',
    colorMode: { respectPrefersColorScheme: true },
    docs: { sidebar: { hideable: true } },
    navbar: {
      title: 'Malha',
      logo: { alt: '', src: 'img/logo.svg', srcDark: 'img/logo-dark.svg', width: 28, height: 28 },
      items: [
        { to: '/concepts/', label: 'Concepts', position: 'left' },
        { to: '/install/', label: 'Installation', position: 'left' },
        { to: '/tutorials/', label: 'Lessons', position: 'left' },
        { to: '/reference/commands/', label: 'Commands', position: 'left' },
        { type: 'search', position: 'right' },
        { type: 'localeDropdown', position: 'right' },
      ],
    },
    footer: {
      links: [
        { to: '/concepts/', label: 'Concepts' },
        { to: '/install/', label: 'Installation' },
        { to: '/tutorials/', label: 'Lessons' },
        { to: '/reference/commands/', label: 'Commands' },
        { to: '/meshes/', label: 'Meshes' },
        { to: '/reference/glossary/', label: 'Glossary' },
        { to: '/progress/', label: 'Your progress' },
      ],
      copyright: 'Malha is free software under the Apache License 2.0.',
    },
    prism: {
      theme: light,
      darkTheme: dark,
      additionalLanguages: ['bash', 'json', 'yaml'],
    },
    mermaid: { theme: { light: 'base', dark: 'base' }, options: diagramOptions },
    tableOfContents: { minHeadingLevel: 2, maxHeadingLevel: 3 },
  } satisfies Preset.ThemeConfig,
};

export default config;
