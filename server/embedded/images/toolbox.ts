/** Images that are there for their commands: curlimages/curl, busybox, alpine. Everything in them is the common shell. */
import type { ContainerContext, Image, Program } from './image.ts';
import { runInShell, startEntrypoint } from './program.ts';

const start =
  (defaults: string[]) =>
  (context: ContainerContext): Program => {
    const { command, args } = context.container;
    const argv = command && command.length > 0 ? [...command, ...(args ?? [])] : (args ?? defaults);
    return runInShell(argv.length > 0 ? argv : defaults, context);
  };

export const curlImage: Image = {
  repositories: ['curlimages/curl', 'quay.io/curl/curl', 'curl/curl'],
  summary: 'curl and a small shell',
  simulated: true,
  start: (context) =>
    startEntrypoint(context, {
      names: ['entrypoint.sh'],
      defaultArgs: ['curl', '--help'],
      // The image's entrypoint takes options and URLs for curl, and runs anything else as a command.
      main: (args, container) => {
        const isForCurl = args.length === 0 || args[0]!.startsWith('-') || args[0]!.includes('://');
        return runInShell(isForCurl ? ['curl', ...args] : args, container);
      },
    }),
};

export const busybox: Image = {
  repositories: ['busybox', 'registry.k8s.io/e2e-test-images/busybox'],
  summary: 'a small shell with common commands',
  simulated: true,
  start: start(['sh']),
};

export const alpine: Image = {
  repositories: ['alpine'],
  summary: 'a small shell with common commands; no packages',
  simulated: true,
  start: start(['/bin/sh']),
};
