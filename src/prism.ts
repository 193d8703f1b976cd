/** Colours for code, light and dark, each AA on its ground. Few on purpose: commands are mostly plain. */
import type { PrismTheme } from 'prism-react-renderer';

interface Palette {
  ground: string;
  plain: string;
  comment: string;
  string: string;
  number: string;
  keyword: string;
  name: string;
  mark: string;
}

function theme(p: Palette): PrismTheme {
  return {
    plain: { color: p.plain, backgroundColor: p.ground },
    styles: [
      { types: ['comment', 'prolog', 'doctype', 'cdata'], style: { color: p.comment, fontStyle: 'italic' } },
      { types: ['string', 'attr-value', 'char', 'inserted'], style: { color: p.string } },
      { types: ['number', 'boolean', 'constant', 'variable', 'assign-left'], style: { color: p.number } },
      { types: ['keyword', 'builtin', 'tag', 'selector', 'important'], style: { color: p.keyword } },
      { types: ['function', 'class-name', 'key', 'property', 'attr-name', 'atrule'], style: { color: p.name } },
      { types: ['punctuation', 'operator', 'parameter'], style: { color: p.mark } },
    ],
  };
}

export const light = theme({
  ground: '#f3f1ea',
  plain: '#1d2a2c',
  comment: '#5c6a6c',
  string: '#8a4b08',
  number: '#7a3a86',
  keyword: '#a12a5e',
  name: '#0d5f5a',
  mark: '#46575a',
});

export const dark = theme({
  ground: '#182325',
  plain: '#e1e9e7',
  comment: '#9aabaa',
  string: '#f0c48a',
  number: '#d9a9e2',
  keyword: '#f49fc0',
  name: '#7fd8cc',
  mark: '#b4c3c1',
});
