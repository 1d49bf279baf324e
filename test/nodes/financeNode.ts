import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Finance } from '../../nodes/Finance/Finance.node';
import type { Company } from '../../sandbox/company/company';
import { runItems, type Outputs } from './nodeContext';

const node = new Finance();

/** Runs an operation of the Finance node. */
export async function finance(
	resource: string,
	operation: string,
	parameters: Record<string, unknown>,
	items: object[] = [{}],
	how: { goOn?: boolean; company?: Company } = {},
): Promise<Outputs> {
	return await runItems(node, { resource, operation, stateStore: 'sqlite', ...parameters }, items, how);
}

/**
 * A state store of the test file's own, in which the legal entity PLANT keeps its books by calendar months, in Shanghai, with
 * business days that end at six in the morning.
 */
export function withBooks(): void {
	const userFolder = process.env.N8N_USER_FOLDER;
	let folder: string;
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), 'finance-'));
		process.env.N8N_USER_FOLDER = folder;
		await finance('calendar', 'save', {
			calendarFrom: 'json',
			definition: {
				calendars: [{ kind: 'calendarMonths', name: 'months', firstMonth: 1 }],
				entities: [
					{ id: 'PLANT', name: 'Plant', calendar: 'months', timeZone: 'Asia/Shanghai', cutOff: '06:00' },
				],
			},
			by: 'ines.weber',
			saveReason: 'First calendar',
		});
	});
	afterAll(async () => {
		if (userFolder === undefined) delete process.env.N8N_USER_FOLDER;
		else process.env.N8N_USER_FOLDER = userFolder;
		await rm(folder, { recursive: true, force: true });
	});
}
