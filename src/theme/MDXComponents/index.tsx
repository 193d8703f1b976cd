/** What Markdown becomes: the theme's own components, and tables that scroll within the page. */
import OriginalComponents from '@theme-original/MDXComponents';
import { ScrollingTable } from '../../components/ScrollingTable';

export default { ...OriginalComponents, table: ScrollingTable };
