/** Code blocks: those that the lesson plugin has marked as a step can be run, the others are the theme's own. */

import OriginalCodeBlock from '@theme-original/CodeBlock';
import { type ComponentProps, type ReactNode, useMemo } from 'react';
import { RunBlock } from '../../components/RunBlock/RunBlock';
import type { Step } from '../../lesson/step';

type Props = ComponentProps<typeof OriginalCodeBlock> & {
  /** A Step as JSON, from src/lesson/remark-lesson.ts. */
  step?: string;
};

export default function CodeBlock({ step, ...props }: Props): ReactNode {
  const parsed = useMemo(() => (step === undefined ? undefined : (JSON.parse(step) as Step)), [step]);
  if (parsed === undefined) return <OriginalCodeBlock {...props} />;
  return <RunBlock step={parsed} />;
}
