using MMOrleans.Runs.Faults;

namespace MMOrleans.Grains.Runs;

/// <summary>Writes in order; what the disk refuses is held back and tried again, so that a full disk holds up no run.</summary>
internal sealed class HeldWrites(TimeProvider clock)
{
    private const string CannotWrite = "MM5003";

    private readonly Queue<Action> _held = [];

    /// <summary>Since when something is held back, and why; null when nothing is.</summary>
    public (DateTimeOffset Since, string Cause)? Refused { get; private set; }

    /// <summary>Writes, after all that is held back.</summary>
    /// <param name="write">Leaves nothing behind when the disk refuses it.</param>
    /// <exception cref="Exception">What a write throws that is not about the disk; it is not tried again.</exception>
    public void Put(Action write)
    {
        _held.Enqueue(write);
        CatchUp();
    }

    /// <summary>Tries again what is held back.</summary>
    /// <returns>Whether all is written.</returns>
    public bool CatchUp()
    {
        while (_held.TryPeek(out var write))
        {
            try
            {
                write();
                _held.Dequeue();
            }
            catch (Exception exception) when (OfTheDisk(exception) is { } fault)
            {
                Refused ??= (clock.GetUtcNow(), $"{fault.Code} {fault.Message}; {fault.Fix}");
                return false;
            }
            catch
            {
                _held.Dequeue(); // it would fail again, and keep all later ones back
                throw;
            }
        }

        Refused = null;
        return true;
    }

    private static FaultException? OfTheDisk(Exception exception) =>
        exception switch
        {
            FaultException { Code: CannotWrite } fault => fault,
            _ when StorageFault.Is(exception) => StorageFault.CannotWrite("the run's folder", exception),
            _ => null,
        };
}
