/**
 * Stages of work as a person sees them: a name, a sign that it goes on, how long it took. On a terminal the line is
 * redrawn; elsewhere each stage prints when it starts (if it is long) and when it ends. All of it goes to stderr, so
 * that a command's own answer on stdout stays clean.
 */
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

export const seconds = (milliseconds) =>
  milliseconds < 950 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;

/**
 * Runs `work` as the stage `name` and returns what it returns. `work` gets `detail(text)`, which shows what it is at.
 * A stage that throws is marked as failed and the error goes on to the caller.
 * @template T
 * @param {string} name
 * @param {(detail: (text: string) => void) => Promise<T> | T} work
 * @param {{ stream?: NodeJS.WriteStream }} [options]
 * @returns {Promise<T>}
 */
export async function stage(name, work, { stream = process.stderr } = {}) {
  const started = performance.now();
  const live = stream.isTTY === true && process.env.TERM !== 'dumb';
  let text = '';
  let frame = 0;
  const draw = () => {
    frame = (frame + 1) % FRAMES.length;
    const line = `${FRAMES[frame]} ${name}  ${seconds(performance.now() - started)}${text ? `  ${text}` : ''}`;
    stream.write(`\r\x1b[K${line.slice(0, Math.max(20, (stream.columns ?? 80) - 1))}`);
  };
  const timer = live ? setInterval(draw, 80) : setTimeout(() => stream.write(`… ${name}\n`), 1000);
  const end = (mark) => {
    live ? clearInterval(timer) : clearTimeout(timer);
    stream.write(`${live ? '\r\x1b[K' : ''}${mark} ${name}  ${seconds(performance.now() - started)}\n`);
  };
  try {
    const result = await work((detail) => {
      text = detail;
    });
    end('✔');
    return result;
  } catch (error) {
    end('✖');
    throw error;
  }
}
