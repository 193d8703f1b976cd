/** What Markdown becomes: the theme's own components, tables that scroll within the page, and the parts of lessons. */
import OriginalComponents from '@theme-original/MDXComponents';
import { Check } from '../../components/Check/Check';
import { Hint, Solution } from '../../components/Check/help';
import { Diagram, DiagramWords } from '../../components/Diagram/Diagram';
import { LessonBar } from '../../components/LessonBar/LessonBar';
import { LessonEnd } from '../../components/LessonBar/LessonEnd';
import { Manifest } from '../../components/Manifest/Manifest';
import { Answer, Explanation, Predict, Quiz } from '../../components/Question/Question';
import { ScrollingTable } from '../../components/ScrollingTable';

export default {
  ...OriginalComponents,
  table: ScrollingTable,
  Answer,
  Check,
  Diagram,
  DiagramWords,
  Explanation,
  Hint,
  LessonBar,
  LessonEnd,
  Manifest,
  Predict,
  Quiz,
  Solution,
};
