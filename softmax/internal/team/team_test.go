package team

import (
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestMeet: nobody passes before everybody has come, a late one included.
func TestMeet(t *testing.T) {
	const size, rounds = 4, 50
	var c Team
	var came atomic.Int32
	c.Run(size, func(worker int) {
		for round := range int32(rounds) {
			if worker == 2 && round%10 == 0 {
				time.Sleep(time.Millisecond)
			}
			came.Add(1)
			if !c.Meet() {
				t.Error("the leader has not left")
			}
			if came.Load() < size*(round+1) {
				t.Error("too early")
			}
			c.Meet() // so that came does not grow while it is looked at
		}
	})
	require.Equal(t, int32(size*rounds), came.Load())
}

// TestLeaderPanics: the others end, and the panic passes.
func TestLeaderPanics(t *testing.T) {
	var team Team
	var left atomic.Int32
	before := runtime.NumGoroutine()
	require.PanicsWithValue(t, "leader", func() {
		team.Run(3, func(worker int) {
			if worker == 0 {
				panic("leader")
			}
			for team.Meet() {
			}
			left.Add(1)
		})
	})
	require.Equal(t, int32(2), left.Load())
	for wait := 0; runtime.NumGoroutine() > before && wait < 1000; wait++ {
		time.Sleep(time.Millisecond) // a goroutine that has returned is not yet gone
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}

// TestTeamAfterAPanic: the next Run is as the first. The leader comes late, so
// the others wait for it.
func TestTeamAfterAPanic(t *testing.T) {
	var team Team
	for range 2 {
		require.Panics(t, func() {
			team.Run(3, func(worker int) {
				if worker == 0 {
					time.Sleep(time.Millisecond) // the others wait in Meet
					panic("leader")
				}
				require.False(t, team.Meet())
			})
		})
		team.Alone()
		require.True(t, team.Meet())
		var came, met atomic.Int32
		team.Run(3, func(worker int) {
			if worker == 0 {
				time.Sleep(5 * time.Millisecond)
			}
			came.Add(1)
			if team.Meet() && came.Load() == 3 {
				met.Add(1)
			}
		})
		require.Equal(t, int32(3), met.Load())
	}
}

// TestAlone: one worker does not wait, with Run and without.
func TestAlone(t *testing.T) {
	var team Team
	team.Run(2, func(int) { team.Meet() })
	team.Alone()
	for range 3 {
		require.True(t, team.Meet())
	}
	from, to := team.Range(0, 7)
	require.Equal(t, [2]int{0, 7}, [2]int{from, to})
	ran := 0
	team.Run(1, func(worker int) {
		require.Zero(t, worker)
		require.True(t, team.Meet())
		ran++
	})
	require.Equal(t, 1, ran)
}

// TestRange: the shares of all workers are all elements, once.
func TestRange(t *testing.T) {
	for size := 1; size < 6; size++ {
		team := Team{size: size}
		for n := range 20 {
			next := 0
			for worker := range size {
				from, to := team.Range(worker, n)
				require.Equal(t, next, from)
				require.GreaterOrEqual(t, to, from)
				require.InDelta(t, float64(n)/float64(size), to-from, 1, "fair shares")
				next = to
			}
			require.Equal(t, n, next)
		}
	}
}
