import {
	createRunExecutionData,
	NodeApiError,
	type ExecutionStatus,
	type INode,
	type IRun,
} from 'n8n-workflow';

import { eventOf } from '../../core/events/event';
import { AuthenticationError, RateLimitError, ValidationError } from '../../core/ports/errors';
import { batchError, outcomeOf } from '../../nodes/shared/failures';

const node: INode = { id: '1', name: 'WMS', type: 'wms', typeVersion: 1, position: [0, 0], parameters: {} };
const subject = { system: 'sandbox-wms' };

function item(key: string) {
	return {
		json: eventOf({
			system: 'test-erp',
			entity: 'salesOrder',
			change: 'changed',
			key,
			sequence: 1,
			record: { key, state: 'confirmed', lines: [] },
			changedAt: '2026-01-05T08:00:00.000Z',
		}) as never,
	};
}

/** A finished execution, its error having gone through JSON as it does between processes. */
function run(status: ExecutionStatus, error?: Error): IRun {
	const plain =
		error === undefined ? undefined : JSON.parse(JSON.stringify({ ...error, message: error.message }));
	return {
		mode: 'trigger',
		status,
		startedAt: new Date(0),
		storedAt: 'db',
		finished: status === 'success',
		data: createRunExecutionData({
			resultData: { runData: {}, ...(plain === undefined ? {} : { error: plain }) },
		}),
	};
}

test('an error names each event at fault, and whether it may pass by itself', () => {
	const error = batchError(
		node,
		[item('A'), item('B'), item('C')],
		[
			{ itemIndex: 0, error: new ValidationError('unknown item', subject) },
			{ itemIndex: 2, error: new RateLimitError('too many calls', { ...subject, retryAfterMs: 3_000 }) },
		],
	);
	expect(outcomeOf(run('error', error))).toMatchObject({
		ok: false,
		failures: [
			{ event: '/test-erp test-erp/salesOrder/A/1', reason: 'unknown item', retryable: false },
			{
				event: '/test-erp test-erp/salesOrder/C/1',
				reason: 'too many calls',
				retryable: true,
				retryAfterMs: 3_000,
			},
		],
	});
	expect(error.message).toMatch(/2 of 3 items failed/);
});

test('items that are no events are not named, so that the batch is taken apart instead', () => {
	const error = batchError(
		node,
		[{ json: { a: 1 } }],
		[{ itemIndex: 0, error: new ValidationError('bad', subject) }],
	);
	expect(outcomeOf(run('error', error))).not.toHaveProperty('failures');
});

test("a refused credential is no event's fault: events wait", () => {
	const error = batchError(
		node,
		[item('A')],
		[{ itemIndex: 0, error: new AuthenticationError('key refused', subject) }],
	);
	expect(outcomeOf(run('error', error))).toMatchObject({ failures: [{ retryable: true }] });
});

test.each<[string, boolean]>([
	['503', true],
	['429', true],
	['ECONNREFUSED', true],
	['404', false],
	['422', false],
])("another node's error %s passes by itself: %s", (httpCode, retryable) => {
	const error = new NodeApiError(node, { message: 'failed' }, { httpCode });
	expect(outcomeOf(run('error', error))).toMatchObject({ ok: false, retryable });
});

test('an execution that succeeded, or waits for a person, has taken its events over', () => {
	expect(outcomeOf(run('success'))).toEqual({ ok: true });
	expect(outcomeOf(run('waiting'))).toEqual({ ok: true });
});

test('a crashed or cancelled execution, or silence, is tried again', () => {
	for (const end of [run('crashed'), run('canceled'), undefined]) {
		expect(outcomeOf(end)).toMatchObject({ ok: false, retryable: true });
	}
});
