/**
 * Every message between the browser and the lab server, once, with its schema. Both sides validate with it.
 *
 * One WebSocket at SOCKET_PATH carries two kinds of frames:
 * - binary: terminal bytes, see `encodeFrame`;
 * - text: one JSON message, a ClientMessage or a ServerMessage.
 */
export { decodeFrame, encodeFrame } from './protocol/frames.ts';
export {
  CheckState,
  checkName,
  LESSON_LIMITS,
  LessonState,
  PageProgress,
  PROGRESS_PATH,
  Progress,
  pagePath,
  type Text,
} from './protocol/lesson.ts';
export { LAB_PATH, LIMITS, RECORDINGS_PATH, SIGN_IN_LINKS_PATH, SIGN_IN_PATH, SOCKET_PATH } from './protocol/limits.ts';
export { ClientMessage, parseMessage, ServerMessage } from './protocol/messages.ts';
export { LabReport, RecordingInfo, RunReason, RunRequest, RunState, TerminalInfo } from './protocol/state.ts';
