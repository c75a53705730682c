package main

const usage = `Serve shows a web page on which you draw digits, and reads them while you draw. It is
also a service that reads pictures for your programs.

	go run ./examples/serve [flags]

Nothing leaves your computer, and serve writes nothing to the disk. It listens only for
programs on this computer, unless -listen says otherwise. The first Ctrl-C ends it when
the running requests are answered, after 10 seconds at most; the second one, at once.

	curl --data-binary @photo.jpg http://localhost:8080/v1/read
	curl -F file=@photo.jpg 'http://localhost:8080/v1/read?details=true'
	curl --data-binary @seen.bin 'http://localhost:8080/v1/why?class=3&rival=8'
	curl http://localhost:8080/v1/model

	GET  /          the page
	POST /v1/read   reads a picture. The body is the picture, or a form with one file and
	                nothing else. The files are those that predict reads. The answer is
	                the object that predict -json prints: predict -help explains its
	                fields.
	       ?one=true      the picture shows exactly one digit, as with predict -one
	       ?many=true     it shows any number of digits, as with predict -many
	       ?details=true  tell more, see below
	POST /v1/why    says why the model prefers a class to another. The body is the 784
	                bytes of "seen", decoded from base64.
	       ?class=3       the class; without it, the model's answer
	       ?rival=8       its rival, or "no digit"; without it, the most probable other class
	GET  /v1/model  tells what the model can answer, and the limits of the service
	GET  /healthz   {"status":"ok"}

With details=true, the picture has three more fields, and the objects of digits and
left_out have two:

	width, height  of the picture as it is stored
	orientation    how it was turned to be read: the number of the EXIF tag
	probabilities  of the digits 0 to 9, or of the model's classes in order
	seen           what the model sees: 28x28 pixels, 0 to 255, row by row, in base64

v1/why answers with these fields:

	class, rival   their names
	difference     of their logits: the class is exp(difference) times as probable as
	               the rival; "no digit" stands for its most probable kind
	empty          the difference for a picture without ink; the field difference is
	               the sum of this and all contributions
	strokes        the contributions as lines, x1, y1, x2, y2 and width, on the 28x28
	               pixels; a positive contribution speaks for the class, a negative one
	               for the rival
	image          what the strokes are about: 28x28 pixels in base64
	others         the names of the other classes, the most probable first

Errors are {"error": "what is wrong, and what to do", "status": 415}:

	400  the request or the picture is damaged
	403  another web page sent the request
	404  there is no such path
	405  the path takes another method
	408  the request came too slowly
	413  too many bytes, pixels or scans
	415  no picture, or another format
	421  the name of the host is wrong
	422  the picture shows no ink
	500  there is a fault in serve itself
	503  serve is busy, or the picture takes longer than -timeout: try again in a second,
	     or send a smaller picture

Serve reads several pictures at once, and the others wait in two queues. So drawings do
not wait for photographs. Serve logs the requests to the standard error, but nothing of
the pictures.

`
