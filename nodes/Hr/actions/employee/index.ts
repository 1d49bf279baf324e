import * as create from './create.operation';
import * as endLeave from './endLeave.operation';
import * as get from './get.operation';
import * as getAll from './getAll.operation';
import * as move from './move.operation';
import * as rehire from './rehire.operation';
import * as startLeave from './startLeave.operation';
import * as terminate from './terminate.operation';
import * as update from './update.operation';
import * as upsert from './upsert.operation';

/** What can be done with employees. */
export const employeeOperations = {
	get,
	getAll,
	create,
	update,
	upsert,
	move,
	startLeave,
	endLeave,
	terminate,
	rehire,
};
