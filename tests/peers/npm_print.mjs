// One receipt by another library, over TCP into a printer.
// usage: node npm_print.mjs MODULES_FOLDER LIBRARY HOST PORT
import { createRequire } from 'node:module';
import net from 'node:net';
import { join } from 'node:path';

const [, , modules, library, host, port] = process.argv;
const require = createRequire(join(modules, 'index.js'));

function sent(bytes) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), host, () => socket.end(bytes));
    socket.on('data', () => {}); // read what the printer tells, or closing would throw the rest away
    socket.on('close', resolve);
    socket.on('error', reject);
  });
}

const libraries = {
  async 'node-thermal-printer'() {
    const { ThermalPrinter, PrinterTypes, CharacterSet } = require('node-thermal-printer');
    const printer = new ThermalPrinter({
      type: PrinterTypes.EPSON, width: 42, interface: `tcp://${host}:${port}`, characterSet: CharacterSet.PC865_NORDIC,
    });
    printer.alignCenter();
    printer.bold(true);
    printer.println('Kvittering');
    printer.bold(false);
    printer.alignLeft();
    printer.leftRight('Æblejuice', '28,00');
    printer.printBarcode('590123412345', 67, { hriPos: 2, hriFont: 0, width: 2, height: 80 });
    printer.printQR('https://r.example/8F2', { cellSize: 4, correction: 'M' });
    printer.cut();
    await printer.execute();
  },
  async receiptline() {
    const receiptline = require('receiptline');
    const text = '"Kvittering\nÆblejuice | 28,00\n{code:590123412345;option:ean,hri}\n{code:https://r.example/8F2;option:qrcode,4,m}\n=';
    const data = receiptline.transform(text, { cpl: 42, encoding: 'cp865', command: 'escpos' });
    await sent(Buffer.from(data, 'binary'));
  },
  async 'receipt-printer-encoder'() {
    const Encoder = require('@point-of-sale/receipt-printer-encoder');
    const encoder = new (Encoder.default ?? Encoder)({ printerModel: 'epson-tm-t88v' });
    const data = encoder
      .initialize()
      .align('center').bold(true).line('Kvittering').bold(false)
      .align('left').codepage('cp865')
      .table([{ width: 30, align: 'left' }, { width: 12, align: 'right' }], [['Æblejuice', '28,00']])
      .barcode('590123412345', 'ean13', { height: 80, width: 2, text: true }).newline()
      .qrcode('https://r.example/8F2', { size: 4, errorlevel: 'm' }).newline()
      .cut()
      .encode();
    await sent(Buffer.from(data));
  },
};

await libraries[library]();
