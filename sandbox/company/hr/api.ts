import { ifMatch } from '../http/callTerms';
import { fieldsOf } from '../http/describedFields';
import type { Call, Route } from '../http/service';
import type { BookRecord, RecordBook } from '../records/recordBook';
import { recordRoutes, shown } from '../records/recordRoutes';
import { hrSystem, type Hr } from './hr';

/** The HR system's HTTP face. */
export function hrRoutes(hr: Hr): Route[] {
	const books = {
		employees: hr.employees,
		positions: hr.positions,
		departments: hr.departments,
	} as unknown as Record<string, RecordBook>;
	const action = (
		name: string,
		act: (number: string, call: Call, ifVersion: number | undefined) => BookRecord,
	): Route => ({
		method: 'POST',
		path: `/api/employees/:id/${name}`,
		handle: (call) => shown(act(call.parameters.id ?? '', call, ifMatch(call))),
	});
	return [
		{ method: 'GET', path: '/api', handle: () => description(hr, books) },
		...Object.entries(books).flatMap(([name, book]) => recordRoutes(`/api/${name}`, book)),
		action('move', (number, { body }, version) => hr.move(number, body, version)),
		action('startLeave', (number, { body }, version) => hr.startLeave(number, body, version)),
		action('endLeave', (number, _call, version) => hr.endLeave(number, version)),
		action('terminate', (number, { body }, version) => hr.terminate(number, body, version)),
		action('rehire', (number, { body }, version) => hr.rehire(number, body, version)),
		{
			method: 'GET',
			path: '/api/employees/:id/history',
			handle: ({ parameters }) => ({ versions: hr.history(parameters.id ?? '') }),
		},
	];
}

function description(hr: Hr, books: Record<string, RecordBook>): unknown {
	return {
		system: hrSystem,
		note: 'Sandbox: a stand-in, not a real HR system.',
		entities: Object.fromEntries(
			Object.entries(books).map(([name, { kind }]) => [name, { fields: fieldsOf(kind.fields, kind.fields) }]),
		),
		capabilities: {
			bulk: false,
			bulkSize: 1,
			optimisticLocking: true,
			publishes: hr.outbox !== undefined,
		},
	};
}
