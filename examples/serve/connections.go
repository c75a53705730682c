package main

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"sync"
)

// connections is a listener that limits the number of connections. A connection
// is idle if it waits between requests, or has not sent all of one. When there
// are too many connections, a new one takes the place of the one that has been
// idle for the longest time. So clients that only hold connections cannot lock
// out others.
type connections struct {
	net.Listener
	places chan struct{} // one element for each open connection
	closed chan struct{}
	close  sync.Once

	mu   sync.Mutex
	idle list.List // of *connection; the front one has been idle for longest
}

// A connection is one of them.
type connection struct {
	net.Conn
	all     *connections
	release sync.Once

	place *list.Element // in all.idle, or nil
	waits waits
}

// A waits says what a connection waits for.
type waits int

const (
	forNothing waits = iota // it has a whole request
	forRest                 // of a request
	forRequest              // it is unused
	isClosed                // for good
)

func limit(l net.Listener, n int) *connections {
	return &connections{Listener: l, places: make(chan struct{}, n), closed: make(chan struct{})}
}

// Accept waits for a connection, and for its place.
func (c *connections) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	select {
	case c.places <- struct{}{}:
		return &connection{Conn: conn, all: c}, nil
	default:
	}
	c.closeOldest()
	select {
	case c.places <- struct{}{}:
		return &connection{Conn: conn, all: c}, nil
	case <-c.closed:
		conn.Close()
		return nil, net.ErrClosed
	}
}

func (c *connections) Close() error {
	c.close.Do(func() { close(c.closed) })
	return c.Listener.Close()
}

// Close closes a connection and gives its place back.
func (c *connection) Close() error {
	err := c.Conn.Close()
	c.release.Do(func() {
		c.note(isClosed)
		<-c.all.places
	})
	return err
}

// CloseWrite tells the client that the answer is complete. Without it, a client
// that still sends may lose an answer.
func (c *connection) CloseWrite() error {
	if conn, ok := c.Conn.(*net.TCPConn); ok {
		return conn.CloseWrite()
	}
	return nil
}

// note notes what the connection waits for from now on.
func (c *connection) note(w waits) {
	c.all.mu.Lock()
	defer c.all.mu.Unlock()
	if c.waits == isClosed {
		return
	}
	if c.place != nil {
		c.all.idle.Remove(c.place)
		c.place = nil
	}
	if w == forRest || w == forRequest {
		c.place = c.all.idle.PushBack(c)
	}
	c.waits = w
}

// closeOldest closes the connection that has been idle for the longest time.
func (c *connections) closeOldest() {
	c.mu.Lock()
	oldest := c.idle.Front()
	c.mu.Unlock()
	if oldest != nil {
		oldest.Value.(*connection).Close()
	}
}

// closeUnused closes the connections without a request.
func (c *connections) closeUnused() {
	var unused []*connection
	c.mu.Lock()
	for e := c.idle.Front(); e != nil; e = e.Next() {
		if conn := e.Value.(*connection); conn.waits == forRequest {
			unused = append(unused, conn)
		}
	}
	c.mu.Unlock()
	for _, conn := range unused {
		conn.Close()
	}
}

// changed is for http.Server.ConnState.
func (c *connections) changed(conn net.Conn, state http.ConnState) {
	if conn, ok := conn.(*connection); ok {
		switch state {
		case http.StateNew, http.StateIdle:
			conn.note(forRequest)
		case http.StateActive: // the first byte of a request is here
			conn.note(forRest)
		}
	}
}

// connectionKey is the key of a request's connection in its context.
type connectionKey struct{}

// withConnection is for http.Server.ConnContext.
func withConnection(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, conn)
}

// received notes that a request is here with all its body.
func received(r *http.Request) {
	if conn, ok := r.Context().Value(connectionKey{}).(*connection); ok {
		conn.note(forNothing)
	}
}
