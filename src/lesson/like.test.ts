/** What counts as alike, line by line, and what is reported where it does not. */
import { describe, expect, it } from 'vitest';
import { like } from './like';

describe('like', () => {
  it.each([
    ['ages', 'default   Active   42s', 'default   Active   3d4h'],
    ['restarts with an age', 'web 2/2 Running 1 (2m ago) 5m', 'web 2/2 Running 1 (14s ago) 1h'],
    [
      'column widths',
      'NAME   STATUS   AGE\nweb Active 1s',
      'NAME                 STATUS   AGE\nweb          Active   10s',
    ],
    ['pod suffixes', 'istiod-7d6c8f5b4d-x2x9k   1/1', 'istiod-5b8c9d7f66-abcde   1/1'.replace('abcde', 'zx4lm')],
    ['replica sets', 'web-7d6c8f5b4d 1 1 1 5s', 'web-5b8c9d7f66 1 1 1 9s'],
    ['addresses', 'web ClusterIP 10.96.1.2 <none> 80/TCP 1s', 'web ClusterIP 10.96.201.77 <none> 80/TCP 1s'],
    ['node ports', 'gw 80:31380/TCP,443:30001/TCP', 'gw 80:32001/TCP,443:31999/TCP'],
    ['times', '"start": "2026-01-02T03:04:05.678Z"', '"start": "2027-11-12T13:14:15Z"'],
    ['durations', '"duration": "1.2ms",', '"duration": "312.07µs",'],
    ['blank lines', 'a\n\nb\n', '\na\nb'],
    ['an overwritten line', 'done', 'waiting\r\rdone\r'],
    ['elided lines', 'a\n...\nz', 'a\nb\nc\nz'],
    ['elided nothing', 'a\n...\nz', 'a\nz'],
    ['elided to the end', 'a\n...', 'a\nb'],
    ['uids', 'uid: 0a1b2c3d-0000-4000-8000-aabbccddeeff', 'uid: ffffffff-0000-4000-8000-aabbccddeeff'],
  ])('%s', (_name, expected, seen) => {
    expect(like(expected, seen)).toMatchObject({ alike: true });
  });

  it.each([
    ['ready containers', 'web 2/2 Running 0 1s', 'web 1/1 Running 0 1s'],
    ['a status', 'web 2/2 Running 0 1s', 'web 2/2 Pending 0 1s'],
    ['restarts', 'web 2/2 Running 0 1s', 'web 2/2 Running 3 1s'],
    ['a missing line', 'a\nb', 'a'],
    ['an extra line', 'a', 'a\nb'],
    ['a port', '80/TCP', '8080/TCP'],
    ['the loopback address', 'Forwarding from 127.0.0.1:8080 -> 9090', 'Forwarding from 10.0.0.1:8080 -> 9090'],
    ['a name', 'deployment.apps/accounts created', 'deployment.apps/payments created'],
    ['a pod instead of its service', 'web', 'web-7d6c8f5b4d-x2x9k'],
    ['a version', 'kubectl v1.35.2', 'kubectl v1.34.0'],
    ['nothing at all', 'a', ''],
  ])('not alike: %s', (_name, expected, seen) => {
    expect(like(expected, seen)).toMatchObject({ alike: false });
  });

  it('weaves both texts and says which lines differ', () => {
    const { rows } = like('NAME  AGE\nweb  1s\n...\nrates  1s', 'NAME    AGE\nledger   9s\npayments 9s\nrates    9s');
    expect(rows).toEqual([
      { kind: 'same', text: 'NAME    AGE' },
      { kind: 'missing', text: 'web  1s' },
      { kind: 'elided', text: 'ledger   9s' },
      { kind: 'elided', text: 'payments 9s' },
      { kind: 'same', text: 'rates    9s' },
    ]);
  });

  it('takes long output in its stride', () => {
    const many = Array.from({ length: 5000 }, (_, i) => `line ${i}x`).join('\n');
    expect(like('line 0x\n...', many).alike).toBe(true);
  });
});
