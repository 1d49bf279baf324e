import { Employee } from '../../core/model/employee';
import { problems } from '../../core/model/problems';
import type { OperationContext } from '../shared/operationContext';

/** The input items as everyone whom HR knows, with the item of each. */
export function peopleIn(context: OperationContext): { people: Employee[]; itemOf: Map<string, number> } {
	const itemOf = new Map<string, number>();
	const people = context.items.map(({ json }, index) => {
		const read = Employee.safeParse(json);
		if (!read.success)
			throw context.invalid(
				`Item ${index} is no employee: ${problems(read.error)}. Put the node HR in front, with Employee, Get Many and Return All.`,
			);
		itemOf.set(read.data.key, index);
		return read.data;
	});
	return { people, itemOf };
}
