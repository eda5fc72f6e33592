// Milliseconds per receipt of two JavaScript encoders for the lines given on standard input, as JSON.
// usage: node peers.mjs MODULES_FOLDER < receipt.json   ({"rows": [[left, right], ...], "barcode": "...", "qr": "...", "rounds": n})
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const require = createRequire(join(process.argv[2], 'index.js'));
const { rows, barcode, qr, rounds } = JSON.parse(readFileSync(0, 'utf8'));
const WIDTH = 48;

const receiptline = require('receiptline');
const escaped = (text) => text.replace(/[\\|{}]/g, '\\$&');
function withReceiptline() {
  const lines = rows.map(([left, right]) => `${escaped(left)} | ${escaped(right)}`);
  lines.push(`{code:${barcode};option:ean,hri}`, `{code:${qr.replace(/:/g, '\\:')};option:qrcode,4,m}`, '=');
  return receiptline.transform(lines.join('\n'), { cpl: WIDTH, encoding: 'cp865', command: 'escpos' }).length;
}

const { ThermalPrinter, PrinterTypes, CharacterSet } = require('node-thermal-printer');
function withThermalPrinter() {
  const printer = new ThermalPrinter({
    type: PrinterTypes.EPSON, width: WIDTH, interface: 'tcp://127.0.0.1', characterSet: CharacterSet.PC865_NORDIC,
  });
  for (const [left, right] of rows) printer.leftRight(left, right);
  printer.printBarcode(barcode, 67, { hriPos: 2, hriFont: 0, width: 2, height: 80 });
  printer.printQR(qr, { cellSize: 4, correction: 'M' });
  printer.cut();
  return printer.getBuffer().length;
}

function milliseconds(operation) {
  for (let i = 0; i < 20; i++) operation();
  const times = [];
  for (let i = 0; i < rounds; i++) {
    const start = performance.now();
    for (let n = 0; n < 20; n++) operation();
    times.push((performance.now() - start) / 20);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

const report = {};
for (const [name, operation] of Object.entries({ receiptline: withReceiptline, 'node-thermal-printer': withThermalPrinter })) {
  const bytes = operation();
  report[name] = { bytes, milliseconds: milliseconds(operation) };
}
console.log(JSON.stringify(report));
