import type { Editor } from './editor';

/** The pictures of docs/scenarios/first-workflow.md, in the order in which they are taken. */
export type Scene = 'panel' | 'canvas' | 'order' | 'run' | 'reservation';

/** What n8n calls the nodes: by the action that was chosen. */
const eventBus = 'Publish events';
const warehouse = 'Match reservations to orders';

/** Where the person puts the nodes, in a window of 1280 by 800. */
const places = {
	trigger: { x: 300, y: 400 },
	eventBus: { x: 600, y: 250 },
	warehouse: { x: 600, y: 550 },
};

/**
 * Builds by hand what docs/scenarios/first-workflow.md tells: a changed order is told to everybody on the event bus, and
 * the warehouse reserves for it. Ends with the WMS node open after a run with the order.
 */
export async function buildFirstWorkflow(
	editor: Editor,
	order: string,
	look: (scene: Scene) => Promise<void> = async () => undefined,
): Promise<void> {
	await editor.openNewWorkflow();
	await editor.addFirstStep();
	await editor.choose('ERP');
	await look('panel');
	await editor.chooseAction('On record created');
	await editor.closeNode();
	await editor.move('ERP Trigger', places.trigger);
	await editor.drawLine('ERP Trigger', places.eventBus);
	await editor.choose('Event Bus');
	await editor.chooseAction(eventBus);
	await editor.closeNode();
	await editor.drawLine('ERP Trigger', places.warehouse);
	await editor.choose('WMS');
	await editor.chooseAction(warehouse);
	await editor.closeNode();
	await editor.line('ERP Trigger', eventBus).waitFor({ state: 'attached' });
	await editor.line('ERP Trigger', warehouse).waitFor({ state: 'attached' });
	await look('canvas');

	await editor.open('ERP Trigger');
	const entry = (await editor.openPicker('testRecord')).filter({ hasText: order });
	await entry.hover();
	await look('order');
	await entry.click();
	await editor.closeNode();

	await editor.execute('ERP Trigger', eventBus, warehouse);
	await look('run');
	await editor.open(warehouse);
	await editor.showJson();
	await look('reservation');
}
