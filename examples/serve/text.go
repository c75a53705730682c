package main

const usage = `Serve shows a web page on which you draw digits, and reads them.
It is also a service that reads pictures for your programs.
`
