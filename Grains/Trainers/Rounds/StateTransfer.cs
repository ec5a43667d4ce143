using System.Runtime.InteropServices;
using MMOrleans.Grains.Devices;
using MMOrleans.Grains.Interfaces.Trainers;
using MMOrleans.Grains.Trainers.Protocol;
using MMOrleans.Learning.Training;
using MMOrleans.Runs.Epochs;

namespace MMOrleans.Grains.Trainers.Rounds;

/// <summary>The state that a trainer holds: the one owner of <see cref="TrainerState"/>, and the way in and out for the numbers.</summary>
/// <remarks>Both change together on the device's thread, so that a copy taken there is of one moment.</remarks>
internal sealed class StateTransfer(TrainingDevice device, Replica replica, ExchangePlan plan)
{
    private const int StatesPinned = 2;

    private readonly List<PinnedState> _pinned = [];
    private TrainerState _now = TrainerState.None;

    /// <summary>The state held now.</summary>
    public TrainerState Now => Volatile.Read(ref _now);

    /// <summary>The initial state is in the replica.</summary>
    public Task BeginAsync(CancellationToken cancellationToken) =>
        device.Thread.RunAsync(
            () => Become(TrainerState.None with { Hash = replica.StateHash() }),
            cancellationToken
        );

    /// <summary>On the device's thread: the replica has applied the average of the round.</summary>
    public TrainerState Advance(long round, EpochSums total) =>
        Become(new(plan.AfterRound(round), replica.StateHash(), _now.Sums + total, replica.LastGradientNorm));

    /// <summary>On the device's thread: the epoch is closed. The numbers stay as they are.</summary>
    public TrainerState CloseEpoch() =>
        Become(_now with { Position = _now.Position with { Closing = false }, Sums = default });

    /// <summary>Takes another state for this trainer's own.</summary>
    /// <returns>The state held; its hash is computed anew.</returns>
    public Task<TrainerState> LoadAsync(StateCopy copy) =>
        device.Thread.RunAsync(() =>
        {
            replica.LoadState<float>(copy.Parameters, copy.Momentum, copy.Buffers);
            return Become(copy.State with { Hash = replica.StateHash() });
        });

    /// <summary>Takes a state that came from another trainer for this one's own.</summary>
    /// <inheritdoc cref="LoadAsync(StateCopy)"/>
    public Task<TrainerState> LoadAsync(LoadState action)
    {
        var layout = replica.Layout;
        var numbers = MemoryMarshal.Cast<byte, float>(action.Bytes.AsSpan());
        var (p, b) = (layout.ParameterLength, layout.BufferLength);
        return numbers.Length == (2 * p) + b
            ? LoadAsync(
                new StateCopy(
                    action.State,
                    numbers[..p].ToArray(),
                    numbers[p..(2 * p)].ToArray(),
                    numbers[(2 * p)..].ToArray()
                )
            )
            : throw new InvalidOperationException(
                $"A state of {numbers.Length} numbers was copied; this network has {(2 * p) + b}."
            );
    }

    /// <summary>Copies the state out.</summary>
    public Task<StateCopy> CopyAsync() =>
        device.Thread.RunAsync(() =>
        {
            var layout = replica.Layout;
            var copy = new StateCopy(
                _now,
                new float[layout.ParameterLength],
                new float[layout.ParameterLength],
                new float[layout.BufferLength]
            );
            replica.CopyState<float>(copy.Parameters, copy.Momentum, copy.Buffers);
            return copy;
        });

    /// <summary>A stretch of a pinned state, pinning the newest when asked.</summary>
    public async Task<StateAnswer> FetchAsync(StateRequest request)
    {
        if (request is { Round: < 0, Length: 0 })
        {
            var now = Now; // how far it is; nothing is copied for that, and the device is not waited for
            return new(now.Position.Round, now.Hash, 0, null, Closing: now.Position.Closing);
        }

        var pinned = _pinned.Find(p => p.Round == (request.Round < 0 ? Now.Position.Round : request.Round));
        if (pinned is null && request.Round >= 0)
            return new(-1, default, 0, null);
        if (pinned is null)
        {
            _pinned.Add(pinned = new(await CopyAsync()));
            if (_pinned.Count > StatesPinned)
                _pinned.RemoveAt(0);
        }

        var answer = pinned.Answer(request);
        if (pinned.IsRead)
            _pinned.Remove(pinned);
        return answer;
    }

    /// <summary>SHA-256 of the state after the completed rounds.</summary>
    public Task<string> Sha256Async() =>
        device.Thread.RunAsync(() => replica.StateSha256(_now.Position.Round));

    private TrainerState Become(TrainerState state)
    {
        Volatile.Write(ref _now, state);
        return state;
    }
}
